/** What is used of papaparse: its parser of a piece of text. (Its own types name things of a browser.) */
declare module 'papaparse' {
  class Parser {
    constructor(form: { delimiter: string; newline: '\n' })
    parse(
      text: string,
      baseIndex: number,
      ignoreLastRow: boolean,
    ): {
      data: string[][]
      errors: { row: number; index: number }[]
      meta: { cursor: number }
    }
  }
  const Papa: { Parser: typeof Parser }
  export default Papa
}
