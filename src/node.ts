export { readIdxFile } from './data/idx-file.ts'
