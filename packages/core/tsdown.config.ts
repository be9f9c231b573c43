import { config } from '../../tsdown.base.ts'

/** All but the entries that a server on stdio does not load, and what they alone need. */
export default config('neutral', { name: 'engine', test: /\/core\/src\/(?:(?!client\b|internal|proxy\b|testing\b|transport\.ts|web\b)[^.]+|web\/(?:challenge|http-error))\.ts$/ })
