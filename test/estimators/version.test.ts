import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BP_NET_VERSION } from '../../src/estimators/version.ts'

test('models tell the version that package.json has', () => {
  expect(BP_NET_VERSION).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version)
})
