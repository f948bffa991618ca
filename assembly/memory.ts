// The memory of a network, laid out by kernels/wasm-memory.ts:
//
//     0      nothing
//     16     Ground: where the other parts are, and the tile to use
//     64     Cells: what changes from run to run
//     176    one number, from which all lanes of a vector are loaded
//     192    zeros, as many bytes as the longest row of a matrix
//            a row that is kept for an update that was put off
//            panel, 64 bytes × the most columns of a matrix
//            plans, RECORD bytes an operation
//            the matrices: each row begins at a multiple of 64 bytes and is an odd number of 64 bytes long
//
// An odd number, because a column of rows 2ⁿ apart would share few sets of the cache. What lies between the last column and
// the next row is read as if it were columns, so it holds 0 in every matrix whose numbers reach a sum that way.

export const GROUND: usize = 16
export const CELLS: usize = 64
export const FACTOR: usize = 176
export const ZEROS: usize = 192
/** Bytes of one operation of a plan. */
export const RECORD: usize = 128

/** A matrix. */
export class View {
  pointer: usize
  /** bytes from a row to the next */
  stride: usize
  rows: i32
  columns: i32
}

export class Ground {
  panel: usize
  /** the tile: rows, and vectors a row (2 or 4) */
  tileRows: i32
  tileVectors: i32
  /** room for one row: the A of an update that was put off */
  saved: usize
  /** whether one was, and −rate/m of it */
  isPutOff: i32
  factor: f64
}

/** What changes between two runs of the same plan, as Cells of kernels/plan.ts. */
export class Cells {
  rows: f64
  mean: f64
  keep: f64
  rate: f64
  /** 1 − β₁ᵗ and 1 − β₂ᵗ */
  correction1: f64
  correction2: f64
  /** 1 where the run may leave its last update to the next */
  putOff: f64
  /** what every limit must stay below */
  below: f64
  /** λ₁ and λ₂ of the penalties */
  l1: f64
  l2: f64
  /** what no gradient may exceed in size */
  most: f64
  /** what gradients are multiplied by */
  factor: f64
  /** the random bits of dropout, and the place of the block's first row in the batch */
  key: f64
  start: f64
}

/** View number i of the operation at this address. */
export function view(operation: usize, i: i32): View {
  return changetype<View>(operation + 16 + ((<usize>i) << 4))
}

/** Number i (0 … 3) of the operation at this address. */
export function numberOf(operation: usize, i: i32): f64 {
  return load<f64>(operation + 96 + ((<usize>i) << 3))
}
