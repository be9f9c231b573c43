/** Prints what a JSON text and its value take in this process, and what core estimates. Takes an expression as its argument, which may repeat an item. Needs --expose-gc. */
import { memoryOfText } from '@gangway/core/internal'

const BYTES = 1_000_000

/** @param {(index: number) => string} item */
const many = (item, open = '[', close = ']') => {
  const items = []
  for (let length = 0, index = 0; length < BYTES; index++) {
    const next = item(index)
    items.push(next)
    length += next.length + 1
  }
  return `${open}${items.join(',')}${close}`
}
/** A name of its own for each index. @param {number} index */
const name = (index) => index.toString(36).padStart(4, 'a')

/** @type {Record<string, () => string>} */
const SHAPES = {
  'empty arrays': () => many(() => '[]'),
  'empty objects': () => many(() => '{}'),
  'arrays in arrays': () => many(() => '[[]]'),
  'arrays of one number': () => many(() => '[1]'),
  integers: () => many(() => '1'),
  fractions: () => many(() => '9e9', '["",'),
  'short strings': () => many((index) => `"${name(index)}"`),
  'long strings': () => many((index) => `"${'x'.repeat(200)}${index}"`),
  'strings with escapes': () => many(() => String.raw`"\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"`),
  'strings with escapes, not Latin-1': () => many(() => String.raw`"\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n€"`),
  'one object with many keys': () => many((index) => `"${name(index)}":1`, '{', '}'),
  'objects of one shape': () => many(() => '{"a":1,"b":"c","d":true}'),
  'objects with keys of their own': () => many((index) => `{"${name(index)}":1}`),
  'objects in objects with keys of their own': () => many((index) => `{"${name(index)}":{}}`),
  'objects with a small number as key': () => many((index) => `{"${index % 10}":1}`),
  'objects with a large number as key': () => many(() => '{"999":1}'),
  'objects with a large number as key, with an array': () => many(() => '{"999":[]}'),
  'objects of fractions': () => many(() => '{"a":1.5}'),
  'one text': () => `["${'x'.repeat(BYTES)}"]`,
  'one text, not Latin-1': () => `["${'x'.repeat(BYTES)}€"]`,
}

const [shape = ''] = process.argv.slice(2)
const bytes = Buffer.from(SHAPES[shape]?.() ?? '')
const used = () => {
  for (let round = 0; round < 3; round++) globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
const before = used()
const text = bytes.toString()
const value = JSON.parse(text)
const taken = used() - before
console.log(JSON.stringify({ taken, estimated: memoryOfText(text), kept: [text.length, typeof value] }))
