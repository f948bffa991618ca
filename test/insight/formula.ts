/** A number, or a matrix as rows. */
export type Value = number | number[][]

/** What names in a formula stand for. */
export type Names = ReadonlyMap<string, Value>

/**
 * What a formula of a trace says, calculated anew from the matrices that it names: `name = … = expression; a note`. Σ adds up
 * each row, or with `whole` the whole matrix, as in a penalty.
 */
export function evaluate(formula: string, names: Names, whole = false): Value {
  const bare = formula.replace(/;.*$/, '').replace(/, (taken from|each row times).*$/, '')
  const [main = '', ...letters] = bare.split(/, (?=[a-z] = )/)
  const known = new Map(names)
  const last = (text: string) => text.split(/ [=←] /).at(-1) as string
  for (const letter of letters) known.set(letter.charAt(0), new Parser(last(letter), known, whole).all())
  return new Parser(last(main), known, whole).all()
}

const TOKEN =
  /\s*(, else|column sums of|row sums of|where|∂E_row\/∂[AZ]_\d+|\d+(?:\.\d+)?(?:e-?\d+)?|[A-Za-z_]\w*|\^|.)/suy

const functions: Record<string, (...values: number[]) => number> = {
  tanh: Math.tanh,
  ln: Math.log,
  sign: Math.sign,
  max: Math.max,
  min: Math.min,
}

class Parser {
  readonly #tokens: string[]
  readonly #names: Names
  readonly #whole: boolean
  #k = 0

  constructor(text: string, names: Names, whole: boolean) {
    this.#tokens = [...text.matchAll(new RegExp(TOKEN.source, 'gsu'))].map(([, token]) => token as string)
    this.#names = names
    this.#whole = whole
  }

  all(): Value {
    const value = this.#choice()
    if (this.#k < this.#tokens.length) throw new Error(`cannot read ${this.#tokens.slice(this.#k).join(' ')}`)
    return value
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#k] !== token) return false
    this.#k++
    return true
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw new Error(`expected ${token} at ${this.#tokens.slice(this.#k).join(' ')}`)
  }

  /** value where condition, else other */
  #choice(): Value {
    const value = this.#sum()
    if (!this.#take('where')) return value
    const left = this.#sum()
    const greater = this.#tokens[this.#k++] === '>'
    const right = this.#sum()
    this.#expect(', else')
    const holds = zip(left, right, (a, b) => Number(greater ? a > b : a <= b))
    const other = this.#choice()
    const chosen = zip(holds, value, (is, v) => (is ? v : 0))
    return zip(
      chosen,
      zip(holds, other, (is, v) => (is ? 0 : v)),
      (a, b) => a + b,
    )
  }

  #sum(): Value {
    let value = this.#product()
    for (;;) {
      if (this.#take('+')) value = zip(value, this.#product(), (a, b) => a + b)
      else if (this.#take('−')) value = zip(value, this.#product(), (a, b) => a - b)
      else return value
    }
  }

  #product(): Value {
    let value = this.#factor()
    for (;;) {
      if (this.#take('⊙')) value = zip(value, this.#factor(), (a, b) => a * b)
      else if (this.#take('/')) value = zip(value, this.#factor(), (a, b) => a / b)
      else if (this.#take('·')) value = times(value, this.#factor())
      else return value
    }
  }

  #factor(): Value {
    if (this.#take('−')) return zip(0, this.#factor(), (a, b) => a - b)
    if (this.#take('√')) return zip(0, this.#primary(), (_, b) => Math.sqrt(b))
    if (this.#take('Σ')) return sumOf(this.#powers(), this.#whole)
    if (this.#take('row sums of')) return sumOf(this.#product(), false)
    if (this.#take('column sums of')) return transpose(sumOf(transpose(this.#product()), false))
    return this.#powers()
  }

  #powers(): Value {
    let value = this.#primary()
    for (;;) {
      if (this.#take('²')) value = zip(value, value, (a, b) => a * b)
      else if (this.#take('³')) value = zip(0, value, (_, b) => b ** 3)
      else if (this.#take('ᵀ')) value = transpose(value)
      else return value
    }
  }

  #primary(): Value {
    const token = this.#tokens[this.#k++] as string
    if (token === '(') return this.#closed(')')
    if (token === '|') return zip(0, this.#closed('|'), (_, b) => Math.abs(b))
    if (token === '½') return 0.5
    if (token === 'π') return Math.PI
    if (/^\d/.test(token)) return Number(token)
    if (token === 'e' && this.#take('^')) return zip(0, this.#primary(), (_, b) => Math.exp(b))
    const f = functions[token]
    if (f !== undefined && this.#take('(')) return this.#call(f)
    const value = this.#names.get(token)
    if (value === undefined) throw new Error(`what is ${token}?`)
    return value
  }

  #closed(end: string): Value {
    const value = this.#choice()
    this.#expect(end)
    return value
  }

  #call(f: (...values: number[]) => number): Value {
    const first = this.#choice()
    if (this.#take(',')) return zip(first, this.#closed(')'), f)
    this.#expect(')')
    return zip(0, first, (_, b) => f(b))
  }
}

/** Element by element; a number, a column or a row stands for all. */
function zip(a: Value, b: Value, f: (a: number, b: number) => number): Value {
  if (typeof a === 'number' && typeof b === 'number') return f(a, b)
  const size = (of: 'rows' | 'columns') => Math.max(...[a, b].map((v) => (typeof v === 'number' ? 1 : shape(v)[of])))
  const at = (v: Value, i: number, j: number) =>
    typeof v === 'number' ? v : ((v[v.length === 1 ? 0 : i] as number[])[v[0]?.length === 1 ? 0 : j] as number)
  return Array.from({ length: size('rows') }, (_, i) =>
    Array.from({ length: size('columns') }, (_, j) => f(at(a, i, j), at(b, i, j))),
  )
}

function shape(matrix: number[][]) {
  return { rows: matrix.length, columns: (matrix[0] as number[]).length }
}

/** A product of matrices, or by a number. */
function times(a: Value, b: Value): Value {
  if (typeof a === 'number' || typeof b === 'number') return zip(a, b, (x, y) => x * y)
  if (shape(a).columns !== shape(b).rows) throw new Error('inner sizes differ')
  return a.map((row) =>
    (b[0] as number[]).map((_, j) => row.reduce((sum, x, k) => sum + x * ((b[k] as number[])[j] as number), 0)),
  )
}

function transpose(value: Value): number[][] {
  if (typeof value === 'number') return [[value]]
  return (value[0] as number[]).map((_, j) => value.map((row) => row[j] as number))
}

/** The sum of each row, as a column; or of all. */
function sumOf(value: Value, whole: boolean): number[][] {
  const rows = typeof value === 'number' ? [[value]] : value
  const sums = rows.map((row) => [row.reduce((sum, x) => sum + x, 0)])
  return whole ? [[sums.reduce((sum, [x]) => sum + (x as number), 0)]] : sums
}
