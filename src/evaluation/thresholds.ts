import type { BinaryRows } from './scored-rows.ts'

/** What is taken for positive at each threshold, from the highest down. */
export interface ThresholdCounts {
  /** the distinct scores, descending */
  readonly thresholds: number[]
  /** the weight of the negative rows whose score is at least the threshold */
  readonly falsePositives: number[]
  /** of the positive rows */
  readonly truePositives: number[]
}

/** Counts for each distinct score the rows that have it or more; rows of weight 0 have no say. */
export function countAtThresholds({ isPositive, scores, weights }: BinaryRows): ThresholdCounts {
  const order = Uint32Array.from(weights.keys()).filter((i) => weights[i] !== 0)
  // in scikit-learn's order among equal scores, so that its sums have the same bits, on which dropped points depend
  order.sort((a, b) => (scores[b] as number) - (scores[a] as number) || b - a)
  const counts: ThresholdCounts = { thresholds: [], falsePositives: [], truePositives: [] }
  let [falsePositives, truePositives] = [0, 0]
  order.forEach((i, place) => {
    if (isPositive[i]) truePositives += weights[i] as number
    else falsePositives += weights[i] as number
    const next = order[place + 1]
    if (next !== undefined && scores[next] === scores[i]) return
    counts.thresholds.push(scores[i] as number)
    counts.falsePositives.push(falsePositives)
    counts.truePositives.push(truePositives)
  })
  return counts
}
