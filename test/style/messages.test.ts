/** Messages, log lines and help texts use standard words and short sentences. */
import { expect, test } from 'vitest'
import { templatesIn, type Template } from './templates.ts'

const PACKAGES = ['auth', 'cli', 'core', 'http-server', 'transport-http', 'transport-sse', 'transport-stdio']

/** Words to avoid, with what to write instead. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bmend(s|ed)?\b/i, 'fix'],
  [/\bbeside\b/i, 'next to, in addition to'],
  [/\belsewhere\b/i, 'remote'],
  [/\bask(s|ed|ing)?\b/i, 'call, request, prompt'],
  [/\b(nobody|somebody|whoever|everybody)\b/i, 'the caller, a user, another process'],
  [/\bfor good\b/i, 'permanently'],
  [/\bunder way\b/i, 'in flight, running'],
  [/\bto be had\b|\bcannot be had\b/i, 'available'],
  [/\bas well(?=[.,:;]|$)/i, 'also, too'],
  [/\bmeanwhile\b/i, 'in the meantime, or nothing'],
  [/\banew\b/i, 'again'],
  [/\bof (its|their|your) own\b/i, 'its own X, separate'],
  [/(?<!there )\b(is|are) (no|none)\b(?! longer)/i, 'is not a'],
  [/\blets? in\b/i, 'accept, authenticate'],
  [/\b(is|are) told\b/i, 'is notified, receives'],
  [/\b(is|are) said\b|\bsays?\b/i, 'reports, sends'],
  [/\bleave (it|one|them|that|this) out\b/i, 'remove it'],
  [/\bin good order\b|\borderly\b/i, 'gracefully'],
  [/\bmeans nothing\b|\bhas no effect\b/i, 'is ignored, is not supported'],
  [/\bthere (is|are) not\b/i, 'does not exist'],
  [/\bone by one\b|\bbe it\b/i, 'separately'],
]

const MAX_WORDS = 25

/** Violations of a text, with what to do. */
function faultsIn({ place, text }: Template): string[] {
  const words = WORDS.flatMap(([pattern, instead]) => (pattern.test(text) ? [`${place}: "${pattern.exec(text)?.[0]}" (write: ${instead}) in: ${text}`] : []))
  const long = text.split(/[.?!]\s+|\n/).filter((sentence) => wordsIn(sentence) > MAX_WORDS)
  return [...words, ...long.map((sentence) => `${place}: ${wordsIn(sentence)} words in one sentence: ${sentence}`)]
}

const wordsIn = (sentence: string): number => sentence.split(/\s+/).filter((word) => /[\w…]/.test(word)).length

test.each(PACKAGES)('the messages of %s use standard words and short sentences', (name) => {
  expect(templatesIn(name).flatMap(faultsIn)).toEqual([])
})

test('a violation is found', () => {
  expect(faultsIn({ place: 'a.ts:1', text: 'The port is taken: mend it' })).toHaveLength(1)
  expect(faultsIn({ place: 'a.ts:1', text: Array.from({ length: 26 }, () => 'word').join(' ') })).toHaveLength(1)
  expect(templatesIn('cli').length).toBeGreaterThan(200)
})
