// The two types of one generic source. Memory comes from outside; nothing is kept but in it.
import { run } from './plan'

export function run32(at: usize, end: usize): bool {
  return run<f32>(at, end)
}

export function run64(at: usize, end: usize): bool {
  return run<f64>(at, end)
}
