import { typeError } from '../errors.ts'
import type { OwnFunctions } from '../network/json.ts'
import { readSaved, saverOf } from '../network/save-file.ts'
import { classification } from './classification.ts'
import { Classifier } from './classifier.ts'
import type { ModelJSON } from './json-write.ts'
import { regression } from './regression.ts'
import { Regressor } from './regressor.ts'

/**
 * A function that saves a classifier or regressor to a file, as saveNetwork does a network: for `checkpoint`, or to be called
 * with a model. What is there is replaced whole or not at all.
 *
 * @param path where the file is to be: a path or a `file:` URL
 * @returns a function that resolves when the file is there; it rejects with an Error that names the path
 * @throws at once: TypeError for what is no path, and an Error that names the path where nothing can be written there
 * @example
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { Classifier } from 'bp-net'
 * import { readModel, saveModel } from 'bp-net/node'
 * const path = join(tmpdir(), 'bp-net-model.json')
 * const rows = Array.from({ length: 30 }, (_, i) => ({ x: i % 2, y: i % 3, odd: i % 2 === 1 }))
 * const model = new Classifier({ seed: 1, checkpoint: { save: saveModel(path), everyEpochs: 50 } })
 * await model.fit(rows, { target: 'odd' })
 * await saveModel(path)(model)
 * const copy = await readModel(path)
 * console.log(copy.predict([{ x: 1, y: 2 }])) // [ true ]
 */
export function saveModel(path: string | URL): (model: ModelJSON | AnyModel) => Promise<void> {
  const where = 'saveModel'
  const save = saverOf(where, path)
  return async (model) => {
    const isModel = model instanceof Classifier || model instanceof Regressor
    const value: Partial<ModelJSON> = Object(isModel ? model.toJSON() : model)
    if (value.format !== classification.format && value.format !== regression.format) {
      throw typeError(where, 'the argument of save', 'a Classifier or Regressor, or what its toJSON gives', model)
    }
    await save(value)
  }
}

/**
 * The classifier or regressor that {@link saveModel} wrote.
 *
 * @param path where the file is: a path or a `file:` URL
 * @param own as Classifier.fromJSON takes it
 * @throws TypeError for what is no path; an Error that names the path where the file cannot be read; what fromJSON throws, with
 *   the path before it
 * @example
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { Regressor } from 'bp-net'
 * import { readModel, saveModel } from 'bp-net/node'
 * const path = join(tmpdir(), 'bp-net-regressor.json')
 * const model = await new Regressor({ seed: 1 }).fit([[1], [2], [3], [4]], [2, 4, 6, 8])
 * await saveModel(path)(model)
 * const copy = await readModel(path)
 * console.log(copy.score([[1], [2]], [2, 4]) === model.score([[1], [2]], [2, 4])) // true
 */
export async function readModel(path: string | URL, own: OwnFunctions = {}): Promise<AnyModel> {
  return readSaved(
    'readModel',
    path,
    (text): AnyModel =>
      new RegExp(`"format"\\s*:\\s*"${regression.format}"`).test(text)
        ? Regressor.fromJSON(text, own)
        : Classifier.fromJSON(text, own),
  )
}

/** A classifier or a regressor. */
export type AnyModel = Classifier<unknown> | Regressor<unknown>
