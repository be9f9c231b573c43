/** Statistics and number formats of the tables. */

/** @param {readonly number[]} numbers @returns {number} NaN for none */
export function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}

/** Interquartile range relative to the median: 0 if all numbers are equal. @param {readonly number[]} numbers */
export function spread(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other)
  const at = (/** @type {number} */ part) => sorted[Math.round(part * (sorted.length - 1))] ?? Number.NaN
  return (at(0.75) - at(0.25)) / median(numbers)
}

/** @param {number} number */
export const whole = (number) => (Number.isFinite(number) ? Math.round(number).toLocaleString('en-US') : '–')
/** @param {number} number */
export const percent = (number) => (Number.isFinite(number) ? `${(number * 100).toFixed(number < 0.095 ? 1 : 0)}%` : '–')
/** @param {number} number */
export const decimal = (number) => (Number.isFinite(number) ? number.toFixed(number < 100 ? 1 : 0) : '–')
/** @param {number} number */
export const times = (number) => (Number.isFinite(number) ? `${number.toFixed(number < 9.95 ? 1 : 0)} ×` : '–')
