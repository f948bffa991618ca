export type { Mismatch } from './errors.ts'
export type {
  Activation,
  Dtype,
  ElementActivation,
  ElementLoss,
  FusedLoss,
  Loss,
  Optimizer,
  RowActivation,
} from './kernels/plan.ts'
export type { KernelName } from './kernels/table.ts'
export { Matrix } from './matrix/matrix.ts'
export type { Table } from './matrix/rows.ts'
export { readIdx } from './data/idx.ts'
export { oneHot, scalePixels } from './data/encoding.ts'
export { parsePixelCsv } from './data/pixel-csv.ts'
export { shuffle, split } from './data/split.ts'
export { type ActivationName, activations } from './rule/activations.ts'
export { type LossName, losses } from './rule/losses.ts'
export { type InitializerName, initializers } from './rule/initializers.ts'
export { sgd } from './training/optimizers.ts'
export type { EpochReport, History } from './training/loop.ts'
export type { LayerOptions, NetworkOptions } from './network/options.ts'
export type { Accuracy, Labels } from './network/labels.ts'
export type { FitOptions, Gradients, NetworkLayer } from './network/network.ts'
export { Network } from './network/network.ts'
export type { NetworkJSON, OwnFunctions } from './network/json.ts'
export { checkGradients, numericalGradients } from './network/gradient-check.ts'
export type { Comparison, GradientReport, LayerReport, Place } from './network/gradient-check.ts'
