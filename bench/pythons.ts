import { spawnSync } from 'node:child_process'

/** A Python and those of our peers that it can import. */
export interface Python {
  readonly program: string
  readonly version: string
  readonly modules: readonly string[]
}

/** Where to look where nothing is named: what the user calls python3, and the system's own. */
const USUAL = ['python3', '/usr/bin/python3']

const PROBE = `
import importlib.util, json, os, sys
names = [name for name in ("numpy", "torch", "sklearn") if importlib.util.find_spec(name)]
print(json.dumps({"place": os.path.realpath(sys.executable), "version": sys.version.split()[0], "modules": names}))`

/** The interpreters that run, each once; `named` takes the place of the usual ones. */
export function findPythons(named: readonly string[]): Python[] {
  const found = new Map<string, Python>()
  for (const program of named.length > 0 ? named : USUAL) {
    const { status, stdout } = spawnSync(program, ['-c', PROBE], { encoding: 'utf8' })
    if (status !== 0) {
      if (named.length > 0) throw new Error(`${program} is no Python that runs`)
      continue
    }
    const { place, ...python } = JSON.parse(stdout) as { place: string } & Omit<Python, 'program'>
    if (!found.has(place)) found.set(place, { program, ...python })
  }
  return [...found.values()]
}
