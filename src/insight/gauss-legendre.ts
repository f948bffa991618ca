/** Where an integral over [0, 1] is sampled, and how much each sample counts. */
export interface Quadrature {
  readonly points: Float64Array
  readonly weights: Float64Array
}

/**
 * The n points and weights of Gauss and Legendre on [0, 1]: exact for polynomials of degree 2n − 1, and for functions
 * without kinks the error falls with n as a power of a number below 1.
 *
 *     ∫₀¹ g(α) dα ≈ Σ w_i·g(α_i)      α_i = (1 + x_i)/2, x_i the roots of P_n      w_i = 1/((1 − x_i²)·P_n'(x_i)²)
 *
 * @see Press et al., "Numerical Recipes", 3rd edition, 4.6.1
 */
export function gaussLegendre(n: number): Quadrature {
  const [points, weights] = [new Float64Array(n), new Float64Array(n)]
  for (let i = 0; i < Math.ceil(n / 2); i++) {
    const { x, slope } = rootOfLegendre(n, Math.cos((Math.PI * (i + 0.75)) / (n + 0.5)))
    const weight = 1 / ((1 - x * x) * slope * slope)
    points[i] = (1 - x) / 2 // the roots lie symmetrically, the greatest comes first
    points[n - 1 - i] = (1 + x) / 2
    weights[i] = weight
    weights[n - 1 - i] = weight
  }
  return { points, weights }
}

/** More steps than these never help: the guess is good to 1/n², and Newton's method doubles the digits. */
const MOST_STEPS = 10

/** The root of P_n near a guess by Newton's method, and P_n' there. */
function rootOfLegendre(n: number, guess: number): { x: number; slope: number } {
  let x = guess
  for (let step = 1; ; step++) {
    let [value, before] = [1, 0]
    // j·P_j = (2j − 1)·x·P_(j−1) − (j − 1)·P_(j−2)
    for (let j = 1; j <= n; j++) [value, before] = [((2 * j - 1) * x * value - (j - 1) * before) / j, value]
    const slope = (n * (x * value - before)) / (x * x - 1)
    const move = value / slope
    x -= move
    if (Math.abs(move) <= Number.EPSILON || step === MOST_STEPS) return { x, slope }
  }
}
