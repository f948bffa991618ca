import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A compiled example; npm test builds them first. */
export function exampleOf(name: string): string {
  return fileURLToPath(new URL(`../build/examples/${name}.js`, import.meta.url))
}

/** Runs examples in a folder as their user would. */
export function runnerIn(cwd: string) {
  return (name: string, ...flags: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [exampleOf(name), ...flags], {
      cwd,
      encoding: 'utf8',
    })
    return { status, stdout, stderr }
  }
}
