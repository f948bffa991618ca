/**
 * A function as people write it, where a step is printed: z, a and t stand for Z, A and T, ⊙ for the product of elements.
 * Σ adds up a row.
 */
export interface Formula {
  /** the value, as '1/(1 + e^(−z))' */
  readonly value: string
  /** the derivative, as 'a ⊙ (1 − a)'; a sum in brackets; empty where it is 1 */
  readonly derivative: string
  /** what a letter of the derivative stands for, as 's = 1/(1 + e^(−z))' */
  readonly where?: string
}
