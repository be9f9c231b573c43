/** Formats a change in one place of a file like `diff -u`. */

const CONTEXT = 2
/** Longer lines are cut to the changed part. */
const LONG = 160
const AROUND = 30

/** Empty if the texts are equal. */
export function difference(file: string, before: string | undefined, after: string): string {
  if (before === after) return ''
  const old = linesOf(before ?? '')
  const now = linesOf(after)
  const head = common(old, now)
  const tail = common(old.slice(head).toReversed(), now.slice(head).toReversed())
  const removed = old.slice(head, old.length - tail)
  const added = now.slice(head, now.length - tail)
  const from = Math.max(0, head - CONTEXT)
  const shared = [old.slice(from, head), old.slice(old.length - tail, old.length - tail + CONTEXT)] as const
  const extra = shared[0].length + shared[1].length
  const [short, long] = shortened(removed, added)
  return [
    `--- ${before === undefined ? '/dev/null' : file}`,
    `+++ ${file}`,
    `@@ -${range(from, removed.length + extra)} +${range(from, added.length + extra)} @@`,
    ...shared[0].map((line) => ` ${cut(line)}`),
    ...short.map((line) => `-${line}`),
    ...long.map((line) => `+${line}`),
    ...shared[1].map((line) => ` ${cut(line)}`),
    '',
  ].join('\n')
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/))

const range = (from: number, count: number): string => `${count === 0 ? from : from + 1},${count}`

const cut = (line: string): string => (line.length > LONG ? `${line.slice(0, LONG)}…` : line)

function common<T>(a: ArrayLike<T>, b: ArrayLike<T>): number {
  let count = 0
  while (count < a.length && count < b.length && a[count] === b[count]) count++
  return count
}

/** Cuts a long line, such as a file without line breaks, to the changed part. */
function shortened(removed: readonly string[], added: readonly string[]): readonly [readonly string[], readonly string[]] {
  const [old] = removed
  const [now] = added
  if (removed.length !== 1 || added.length !== 1 || old === undefined || now === undefined || Math.max(old.length, now.length) <= LONG) return [removed, added]
  const head = common(old, now)
  const tail = common([...old.slice(head)].toReversed(), [...now.slice(head)].toReversed())
  const show = (line: string): string[] => [`${head > AROUND ? '…' : ''}${line.slice(Math.max(0, head - AROUND), line.length - tail + AROUND)}${tail > AROUND ? '…' : ''}`]
  return [show(old), show(now)]
}
