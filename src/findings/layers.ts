import { short, wordSeries } from '../training/number-words.ts'
import type { Finding, Fix } from './finding.ts'

/** What was measured of one layer, in float64, on some rows. */
export interface LayerEvidence {
  /** max |A| */
  readonly largestActivation: number
  /** √Σ dW² + db²; NaN where the loss is not finite in float64 either */
  readonly gradientNorm: number
  /** of weights and biases, in size */
  readonly largestParameter: number
  /** the share of units that give 0 with a derivative of 0 in every row */
  readonly deadShare: number
  /** the share of the others whose derivative is below 0.001 in every row */
  readonly saturatedShare: number
}

/** A share of dead or saturated units that is worth a word. */
const MANY = 0.5

/** Layers whose gradients are so many times smaller, or greater, than those of the output layer learn too little, or too much. */
const VANISHED = 1e-3
const STEEP = 1e3

export const EXPLOSION = 'Try smaller weights (by default they fit the activation), or fewer layers'

/** Layers in which many units pass no gradient on. */
export function manyStill(layers: readonly LayerEvidence[]): LayerEvidence[] {
  return layers.filter(({ deadShare, saturatedShare }) => deadShare + saturatedShare >= MANY)
}

/** Layers with many dead or saturated units, in words; undefined where there are none. */
export function wordUnits(layers: readonly LayerEvidence[]): string | undefined {
  const found = new Map<string, number[]>()
  for (const [l, { deadShare, saturatedShare }] of layers.entries()) {
    if (deadShare + saturatedShare < MANY) continue
    const words = [...wordShare(deadShare, 'dead'), ...wordShare(saturatedShare, 'saturated')].join(' and ')
    found.set(words, [...(found.get(words) ?? []), l])
  }
  if (found.size === 0) return undefined
  const words = Array.from(found, ([words, l]) => `${words} in ${l.length > 1 ? 'layers' : 'layer'} ${wordSeries(l)}`)
  return `dead or saturated units: ${words.join(', ')}`
}

function wordShare(share: number, kind: string): string[] {
  return share > 0 ? [`${Math.round(100 * share)} % ${kind}`] : []
}

/** Many units that pass no gradient on, of layers whose largest parameter is this. */
export function stillUnits(layers: readonly LayerEvidence[], largest: number): Finding {
  const still = manyStill(layers)
  const dead = still.filter(({ deadShare, saturatedShare }) => deadShare >= saturatedShare).length
  return {
    kind: 2 * dead >= still.length ? 'deadUnits' : 'saturatedUnits',
    what: `${wordUnits(layers)}; the largest parameter of such a layer is ${short(largest)}`,
    where: { layers: still.map((layer) => layers.indexOf(layer)) },
    evidence: {
      deadShares: layers.map(({ deadShare }) => deadShare),
      saturatedShares: layers.map(({ saturatedShare }) => saturatedShare),
    },
    fix: { advice: 'Try smaller initial weights; scale the inputs' },
  }
}

/** Gradients or activations that grow from layer to layer, in these words. */
export function exploding(words: string, layers: readonly LayerEvidence[]): Finding {
  return {
    kind: 'explodingGradients',
    what: `gradients explode: ${words}`,
    where: { layers: [...layers.keys()] },
    evidence: {
      largestActivations: layers.map(({ largestActivation }) => largestActivation),
      gradientNorms: layers.map(({ gradientNorm }) => gradientNorm),
      largestParameters: layers.map(({ largestParameter }) => largestParameter),
    },
    fix: { advice: EXPLOSION },
  }
}

/** How large the numbers of each layer are. */
export function wordSizes(layers: readonly LayerEvidence[]): string {
  if (layers.length === 0) return 'there was no memory to measure the layers'
  const measures = [
    ['largest activations', layers.map(({ largestActivation }) => largestActivation)],
    ['norms of gradients', layers.map(({ gradientNorm }) => gradientNorm)],
    ['largest parameters', layers.map(({ largestParameter }) => largestParameter)],
  ] as const
  const words = measures.flatMap(([name, sizes]) => (sizes.every(Number.isNaN) ? [] : `${name} ${wordSeries(sizes)}`))
  return `from layer 0 up, ${words.join('; ')}`
}

/**
 * Layers with many dead units, hidden ones with many saturated, and gradients that vanish or explode on their way down. The output
 * layer may well be saturated: where its outputs are right.
 */
export function findInLayers(layers: readonly LayerEvidence[], hidden: readonly string[]): Finding[] {
  if (layers.some(({ largestParameter }) => largestParameter === 0)) return [vanishing(layers, hidden)]
  const still = findStill(layers)
  const norms = layers.map(({ gradientNorm }) => gradientNorm)
  const output = norms.at(-1) ?? 0
  const shares = norms.map((norm) => norm / output)
  if (!(output > 0) || shares.some(Number.isNaN)) return still
  const vanished = still.length === 0 && (shares[0] as number) < VANISHED ? [vanishing(layers, hidden)] : []
  const grown = layers.some(({ largestActivation }) => largestActivation > STEEP)
  if (!grown && !shares.some((share) => share > STEEP)) return [...still, ...vanished]
  const fix = { advice: `${EXPLOSION}, or clipNorm: 1 in fit`, fit: { clipNorm: 1 } }
  return [...still, ...vanished, { ...exploding(wordSizes(layers), layers), fix }]
}

function findStill(layers: readonly LayerEvidence[]): Finding[] {
  const last = layers.length - 1
  const seen = layers.map((layer, l) => (l === last ? { ...layer, saturatedShare: 0 } : layer))
  const still = manyStill(seen)
  if (still.length === 0) return []
  const largest = still.reduce((most, { largestParameter }) => Math.max(most, largestParameter), 0)
  const finding = stillUnits(seen, largest)
  if (finding.where.layers?.length === 1 && finding.where.layers[0] === last) {
    const advice = "The outputs are stuck at 0: try outputActivation: 'identity'"
    return [{ ...finding, fix: { advice, network: { outputActivation: 'identity' } } }]
  }
  const [advice, activation] =
    finding.kind === 'deadUnits'
      ? (['Begin anew with leakyRelu, whose units cannot die, and a lower learning rate', 'leakyRelu'] as const)
      : (['Begin anew with relu, which does not saturate', 'relu'] as const)
  return [{ ...finding, fix: { advice, network: { activation } } }]
}

function vanishing(layers: readonly LayerEvidence[], hidden: readonly string[]): Finding {
  const norms = layers.map(({ gradientNorm }) => gradientNorm)
  return {
    kind: 'vanishingGradients',
    what: `gradients vanish: their norms, from layer 0 up, are ${wordSeries(norms)}`,
    where: { layers: norms.flatMap((norm, l) => (norm < VANISHED * (norms.at(-1) as number) ? [l] : [])) },
    evidence: { gradientNorms: norms },
    fix: fixVanishing(layers, hidden),
  }
}

function fixVanishing(layers: readonly LayerEvidence[], hidden: readonly string[]): Fix {
  const blank = layers.findIndex(({ largestParameter }) => largestParameter === 0)
  if (blank >= 0) {
    const advice = `All weights of layer ${blank} are 0, so nothing comes through: draw them`
    return { advice, network: { initializer: 'xavierUniform' } }
  }
  if (hidden.every((name) => /relu|identity/i.test(name))) {
    return { advice: 'Try fewer layers, or weights as they are drawn by default' }
  }
  return { advice: 'Try relu in the hidden layers, or fewer of them', network: { activation: 'relu' } }
}
