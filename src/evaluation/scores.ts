/** Precision, recall and F₁ of a class or a label, or an average of them. */
export interface Scores {
  /** the share of what was predicted that is so: TP / (TP + FP), 0 where nothing was predicted */
  precision: number
  /** the share of what is so that was predicted: TP / (TP + FN), 0 where nothing is so */
  recall: number
  /** the harmonic mean of both: 2·precision·recall / (precision + recall), 0 where both are 0 */
  f1: number
  /** the rows (or their weight) that are so: TP + FN */
  support: number
}

/** What the scores are made of. */
export interface Tally {
  /** the weight of what is so and was predicted (TP) */
  readonly hits: number
  /** of what was predicted (TP + FP) */
  readonly predicted: number
  /** of what is so (TP + FN) */
  readonly actual: number
}

/** The scores of one tally; 0/0 is 0. */
export function scoresOf({ hits, predicted, actual }: Tally): Scores {
  const precision = ratio(hits, predicted)
  const recall = ratio(hits, actual)
  return { precision, recall, f1: ratio(2 * precision * recall, precision + recall), support: actual }
}

/** The mean of each score, weighted; zeros where all weights are 0. The support is the sum of what they are of. */
export function averageScores(
  all: readonly Scores[],
  weightOf: (scores: Scores, index: number) => number,
  support = sumOf(all, (scores) => scores.support),
): Scores {
  const total = sumOf(all, weightOf)
  const mean = (of: (scores: Scores) => number) =>
    ratio(
      sumOf(all, (one, k) => weightOf(one, k) * of(one)),
      total,
    )
  return {
    precision: mean(({ precision }) => precision),
    recall: mean(({ recall }) => recall),
    f1: mean(({ f1 }) => f1),
    support,
  }
}

function sumOf(all: readonly Scores[], of: (scores: Scores, index: number) => number): number {
  return all.reduce((sum, scores, k) => sum + of(scores, k), 0)
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
