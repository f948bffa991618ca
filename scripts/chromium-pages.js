// The reports of the examples in headless Chromium, as a desk and as a phone show them, light and dark: they ask for nothing,
// say nothing on the console, draw every figure, and are not wider than the screen. Pictures go to build/pages.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const FOLDER = 'build/pages'
const EXAMPLES = ['penguins', 'cars']
const WIDTHS = [1280, 380]
/** px of a line in a drawing, below which nobody reads it */
const LEAST_TEXT = 8

/**
 * Writes the pages, opens them, and tells what is wrong with them.
 *
 * @param {string} command that runs Chromium @returns {Promise<string[]>}
 */
export async function checkPages(command) {
  mkdirSync(FOLDER, { recursive: true })
  const pages = EXAMPLES.map(writePage)
  // playwright wants a path, not a name
  const folders = (process.env.PATH ?? '').split(delimiter)
  const executablePath = folders.map((folder) => resolve(folder, command)).find((path) => existsSync(path)) ?? command
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const faults = []
    for (const path of pages) {
      for (const width of WIDTHS) {
        for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
          const found = await faultsOf(browser, path, { width, colorScheme })
          faults.push(...found.map((fault) => `${path}, ${width} px, ${colorScheme}: ${fault}`))
        }
      }
    }
    return faults
  } finally {
    await browser.close()
  }
}

/** @param {string} example */
function writePage(example) {
  const page = `${FOLDER}/${example}-report.html`
  const { status, stderr } = spawnSync(process.execPath, [`build/examples/${example}.js`, '--page', page], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${example} (npm run build makes it): ${stderr}`)
  return page
}

/**
 * @param {import('playwright-core').Browser} browser @param {string} path
 * @param {{ width: number, colorScheme: 'light' | 'dark' }} screen
 */
async function faultsOf(browser, path, { width, colorScheme }) {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme })
  /** @type {string[]} */
  const faults = []
  const { href } = pathToFileURL(resolve(path))
  page.on('console', (message) => faults.push(`console: ${message.text()}`))
  page.on('pageerror', ({ message }) => faults.push(message))
  page.on('request', (request) => {
    if (request.url() !== href && !request.url().startsWith('data:')) faults.push(`asks for ${request.url()}`)
  })
  await page.goto(href)
  faults.push(...(await misfits(page, width)))
  await page.screenshot({ path: path.replace('.html', `-${width}-${colorScheme}.png`), fullPage: true })
  await page.close()
  return faults
}

/**
 * What of the page is too small or too wide.
 *
 * @param {import('playwright-core').Page} page @param {number} width of the screen
 */
async function misfits(page, width) {
  const faults = []
  if ((await page.locator('figure').count()) === 0) faults.push('no figure')
  for (const drawing of await page.locator('figure svg').all()) {
    const box = await drawing.boundingBox()
    const name = await drawing.getAttribute('aria-label')
    if (box === null || box.width < 200 || box.height < 100) faults.push(`${box?.width}×${box?.height} px: ${name}`)
    const heights = await drawing
      .locator('text')
      .evaluateAll((texts) => texts.map((text) => text.getBoundingClientRect().height))
    if (heights.some((height) => height < LEAST_TEXT)) faults.push(`texts of ${Math.min(...heights)} px: ${name}`)
  }
  const wide = await page.locator('html').evaluate((root) => root.scrollWidth)
  if (wide > width) faults.push(`${wide} px wide`)
  return faults
}
