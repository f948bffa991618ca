export { oneHot, scalePixels } from './data/encoding.ts'
export { readIdx } from './data/idx.ts'
export type { IdxData } from './data/idx-header.ts'
export type { Labels } from './data/labels.ts'
export { type LabelledPixels, parsePixelCsv } from './data/pixel-csv.ts'
export { type Column, type Rearranged, type Split, shuffle, split } from './data/split.ts'
export type { Mismatch } from './errors.ts'
export type {
  Activation,
  Adagrad,
  Adam,
  Dtype,
  ElementActivation,
  ElementLoss,
  FloatArray,
  FusedLoss,
  Loss,
  Optimizer,
  Rmsprop,
  RowActivation,
  Sgd,
  View,
} from './kernels/plan.ts'
export { describeKernels, type KernelDescription, type KernelName } from './kernels/table.ts'
export { Matrix } from './matrix/matrix.ts'
export type { Table } from './matrix/rows.ts'
export type { Divergence } from './network/divergence.ts'
export type { Checkpoints, FitOptions, Validation } from './network/fit.ts'
export type { Comparison, GradientReport, LayerReport, Place } from './network/gradient-check.ts'
export { checkGradients, numericalGradients } from './network/gradient-check.ts'
export type { Gradients, LayerGradients } from './network/gradients.ts'
export type { OwnFunctions } from './network/json.ts'
export type { LayerJSON, NetworkJSON, RunJSON, TrainingState } from './network/json-format.ts'
export type { Accuracy } from './network/labels.ts'
export type { Metric, MetricName } from './network/metrics.ts'
export type { NetworkLayer } from './network/network.ts'
export { Network } from './network/network.ts'
export type { Objective } from './network/objective.ts'
export type { LayerOptions, NetworkOptions } from './network/options.ts'
export { type ActivationName, activations } from './rule/activations.ts'
export type { InitializerName } from './rule/initializers.ts'
export { type LossName, losses } from './rule/losses.ts'
export type { Cause, ColumnRange, Evidence, LayerEvidence } from './training/diagnosis.ts'
export type { EarlyStopping } from './training/early-stopping.ts'
export type { BatchReport, EpochReport, History, Rollback, StopReason } from './training/history.ts'
export type { LoopOptions } from './training/loop-options.ts'
export { adagrad, adam, adamw, type OptimizerSettings, rmsprop, sgd } from './training/optimizers.ts'
export type { Schedule } from './training/schedules.ts'
