/** Compares the traces with the table "The life of a request" in ARCHITECTURE.md, and with the limits that keep a call short. */

/** Files that are on the stack when a handler starts. */
const MAX_ON_STACK = 9
/** Files that a call without an elicitation touches. */
const MAX_TOUCHED = { HTTP: 51, stdio: 30 }

/**
 * The rows of the table: when a step happens, and its files.
 * @param {string} text
 * @returns {{ when: string[], files: string[] }[]}
 */
function rowsOf(text) {
  const section = text.split('\n## ').find((part) => part.startsWith('The life of a request')) ?? ''
  const rows = section.split('\n').filter((line) => line.startsWith('| ') && line.includes('.ts`'))
  return rows.map((row) => {
    const [, when = '', files = ''] = row.split('|')
    return { when: when.trim().split(/,? /), files: [...files.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file.replace(/^([^/]+)\//, 'packages/$1/src/')) }
  })
}

/**
 * What is wrong with the traces or with ARCHITECTURE.md, one line for each problem.
 * @param {readonly { name: string, files: readonly string[], stack: readonly string[] }[]} traces
 * @param {string} text
 * @returns {string[]}
 */
export function problemsOf(traces, text) {
  const rows = rowsOf(text)
  return traces.flatMap(({ name, files, stack }) => {
    const applies = (/** @type {string} */ word) => word === 'always' || name.includes(word)
    const touched = applies('HTTP') ? MAX_TOUCHED.HTTP : MAX_TOUCHED.stdio
    const described = new Set(rows.filter(({ when }) => when.every(applies)).flatMap((row) => row.files))
    return [
      ...files.filter((file) => !described.has(file)).map((file) => `${name}: ARCHITECTURE.md does not name ${file}`),
      ...[...described].filter((file) => !files.includes(file)).map((file) => `${name}: ARCHITECTURE.md names ${file}, which does not run`),
      ...(stack.length > MAX_ON_STACK ? [`${name}: ${stack.length} files are on the stack at the handler; the limit is ${MAX_ON_STACK}`] : []),
      ...(!applies('elicitation') && files.length > touched ? [`${name}: ${files.length} files are touched; the limit is ${touched}`] : []),
    ]
  })
}
