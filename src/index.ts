export { type CsvOptions, type CsvRow, type CsvStream, readCsv } from './data/csv.ts'
export type { WebChunk, WebReader, WebStream } from './data/csv-source.ts'
export { oneHot, scalePixels } from './data/encoding.ts'
export { type Fold, type FoldOptions, kFolds } from './data/folds.ts'
export { readIdx } from './data/idx.ts'
export type { IdxData } from './data/idx-header.ts'
export type { Labels } from './data/labels.ts'
export { type LabelledPixels, parsePixelCsv } from './data/pixel-csv.ts'
export { learnScaling, type Scaling, scaleColumns, unscaleColumns } from './data/scaling.ts'
export { type Column, type Rearranged, type Split, shuffle, split } from './data/split.ts'
export type { Mismatch } from './errors.ts'
export type { Prediction } from './estimators/class-targets.ts'
export { Classifier } from './estimators/classifier.ts'
export type {
  Calibration,
  ConformalIntervals,
  ConformalOptions,
  ConformalSets,
  Coverage,
} from './estimators/conformal.ts'
export {
  type CrossValidation,
  type CrossValidationOptions,
  crossValidate,
  type FoldReport,
  type Validated,
} from './estimators/cross-validation.ts'
export type { ColumnReport } from './estimators/estimator.ts'
export type { ClassCurves, ClassEvaluation } from './estimators/evaluate-classes.ts'
export type { NumberEvaluation, TargetErrors } from './estimators/evaluate-numbers.ts'
export type { ModelJSON } from './estimators/json-write.ts'
export type { Estimate } from './estimators/number-targets.ts'
export type {
  EstimatorOptions,
  FitRequest,
  ModelCheckpoints,
  ScoreRequest,
  TableFit,
  TableValidation,
  ValidationRows,
} from './estimators/options.ts'
export {
  type ColumnImportance,
  type ImportanceOptions,
  permutationImportance,
  type Scored,
} from './estimators/permutation-importance.ts'
export type { RowStream } from './estimators/pieces.ts'
export type { Provenance } from './estimators/provenance.ts'
export { Regressor } from './estimators/regressor.ts'
export type { Target, Targets } from './estimators/target-cells.ts'
export { type CalibrationCurve, type CalibrationOptions, calibrationCurve } from './evaluation/calibration.ts'
export { accuracyScore, type ClassOptions, type ConfusionMatrix, confusionMatrix } from './evaluation/confusion.ts'
export type { Indicators } from './evaluation/indicators.ts'
export type { Label } from './evaluation/labels.ts'
export { hammingLoss, subsetAccuracy } from './evaluation/multi-label.ts'
export { type MultiLabelOptions, type MultiLabelReport, multiLabelReport } from './evaluation/multi-label-report.ts'
export { averagePrecision, type PrecisionRecallCurve, precisionRecallCurve } from './evaluation/precision-recall.ts'
export { brierScore, logLoss } from './evaluation/probabilities.ts'
export { meanAbsoluteError, meanSquaredError, r2Score, rootMeanSquaredError } from './evaluation/regression.ts'
export { type ClassificationReport, type ClassScores, classificationReport } from './evaluation/report.ts'
export { type RocCurve, rocAuc, rocCurve } from './evaluation/roc.ts'
export type { AverageOptions, ScoreOptions } from './evaluation/scored-rows.ts'
export type { Scores } from './evaluation/scores.ts'
export type { WeightOptions } from './evaluation/weights.ts'
export type { ColumnRange } from './findings/columns.ts'
export type { Finding, FindingKind, FindingPlace, Fix, FixedLayer, NetworkFix } from './findings/finding.ts'
export type { LayerEvidence } from './findings/layers.ts'
export type { Evidence } from './findings/refused-step.ts'
export { applyFixes, type FixedTraining, type Training } from './insight/apply-fixes.ts'
export { type AttributionOptions, type Attributions, attributions } from './insight/attributions.ts'
export { diagnose } from './insight/diagnose.ts'
export type { DiagnoseOptions } from './insight/diagnose-options.ts'
export { findLearningRate, type LearningRateOptions, type RateReport } from './insight/learning-rate.ts'
export type { LearningRateRange, RangeStop, RatePoint } from './insight/rate-curve.ts'
export { type TraceOptions, trace } from './insight/trace.ts'
export type {
  Trace,
  TraceJSON,
  TraceMatrix,
  TraceMatrixJSON,
  TraceStep,
  TraceStepJSON,
} from './insight/trace-step.ts'
export type { Formula } from './kernels/formula.ts'
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
export { type Divergence, isDivergence } from './network/divergence.ts'
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
export type { Solution, SolveEnd } from './network/solve.ts'
export type { IterationReport, SolveOptions } from './network/solve-options.ts'
export { type ActivationName, activations } from './rule/activations.ts'
export type { InitializerName } from './rule/initializers.ts'
export { type LossName, losses } from './rule/losses.ts'
export type { SolverEnd } from './solvers/solver.ts'
export type { SolverName } from './solvers/table.ts'
export type {
  CategoryColumn,
  ColumnKind,
  ColumnPlan,
  DateColumn,
  IgnoredColumn,
  NumberColumn,
} from './tables/column.ts'
export type { Unknown } from './tables/encoder.ts'
export type { TableJSON } from './tables/json.ts'
export type { NumberForm } from './tables/number-form.ts'
export type { TableRow, TableRows } from './tables/rows.ts'
export type { EarlyStopping } from './training/early-stopping.ts'
export type { BatchReport, EpochReport, History, Rollback, StopReason } from './training/history.ts'
export type { LoopOptions } from './training/loop-options.ts'
export { adagrad, adam, adamw, type OptimizerSettings, rmsprop, sgd } from './training/optimizers.ts'
export type { Schedule } from './training/schedules.ts'
