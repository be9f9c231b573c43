/** Checks numeric options. Each rule states the unit and the range once, both for the check and for the error message. */
import { GangwayError, type GangwayErrorCode } from '../gangway-error.ts'
import { shown } from './check-options.ts'

export interface NumberRule {
  /** Plural, such as `bytes`. @default the number has no unit */
  readonly unit?: string
  readonly min: number
  /** @default none */
  readonly max?: number
  /** Whether fractions are rejected. */
  readonly whole: boolean
  /** Whether Infinity is accepted. It means "no limit". */
  readonly unlimited: boolean
}

type NumericNames<T> = { [Name in keyof T]-?: Exclude<T[Name], undefined> extends number ? Name : never }[keyof T]

/** One rule for each numeric option of `T`. An option without a rule is a type error. */
export type NumberRules<T> = { readonly [Name in NumericNames<T>]: NumberRule }

/** A maximum count or size in the given unit. Infinity means no limit. */
export const limitOf = (unit: string, min: 0 | 1 = 1): NumberRule => ({ unit, min, whole: true, unlimited: true })

/** A time limit. Infinity means no limit; 0 is rejected because it reads as "no limit". */
export const TIMEOUT: NumberRule = { unit: 'milliseconds', min: 1, whole: false, unlimited: true }

/** A duration: 0 and Infinity are both accepted. */
export const DURATION: NumberRule = { ...TIMEOUT, min: 0 }

/** The longest delay of a timer. With a longer delay, `AbortSignal.timeout()` aborts at once. */
const LONGEST_DELAY = 2 ** 31 - 1

/** A time limit for a runtime timer, which does not support Infinity. */
export const FINITE_TIMEOUT: NumberRule = { ...TIMEOUT, max: LONGEST_DELAY, unlimited: false }

/** A body limit for Fastify, which accepts only finite numbers. */
export const BODY_LIMIT: NumberRule = { unit: 'bytes', min: 1, whole: true, unlimited: false }

/** Throws a `GangwayError` that names the option, its unit and its range. Undefined is accepted and means the default. */
export function checkNumber(option: string, value: unknown, rule: NumberRule, code: GangwayErrorCode = 'GANGWAY_E_USAGE'): void {
  if (value === undefined || isWithin(value, rule)) return
  throw new GangwayError(code, `${option} must be ${inWords(rule)}, not ${shown(value)}`)
}

/** Calls `checkNumber` for every option that has a rule. */
export function checkNumbers(options: object, rules: Readonly<Record<string, NumberRule>>, code?: GangwayErrorCode): void {
  for (const [option, rule] of Object.entries(rules)) checkNumber(option, (options as Record<string, unknown>)[option], rule, code)
}

function isWithin(value: unknown, { min, max = Number.MAX_SAFE_INTEGER, whole, unlimited }: NumberRule): boolean {
  if (typeof value !== 'number') return false
  if (value === Number.POSITIVE_INFINITY) return unlimited
  return value >= min && value <= max && (!whole || Number.isSafeInteger(value))
}

function inWords({ unit, min, max, whole, unlimited }: NumberRule): string {
  const kind = `${whole ? 'a whole number' : 'a number'}${unit === undefined ? '' : ` of ${unit}`}`
  return `${kind}${max === undefined ? `, ${min} or more` : ` from ${min} to ${max}`}${unlimited ? ', or Infinity for no limit' : ''}`
}
