export { readCsvFile } from './data/csv-file.ts'
export { readIdxFile } from './data/idx-file.ts'
export { readNetwork, saveNetwork } from './network/save-file.ts'
export { type Progress, type ProgressOptions, type ProgressStream, progressBar } from './training/progress.ts'
