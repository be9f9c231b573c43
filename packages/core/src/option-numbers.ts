/** Checks numeric options: each rule states the unit and the range once, for the check and for the message. */
import { GangwayError, type GangwayErrorCode } from './gangway-error.ts'
import { shown } from './option-names.ts'

export interface NumberRule {
  /** Plural, such as `bytes`. @default the number has no unit */
  readonly unit?: string
  readonly min: number
  /** @default none */
  readonly max?: number
  /** Whether fractions are refused. */
  readonly whole: boolean
  /** Whether Infinity is accepted, and means that there is no limit. */
  readonly unlimited: boolean
}

type NumericNames<T> = { [Name in keyof T]-?: Exclude<T[Name], undefined> extends number ? Name : never }[keyof T]

/** One rule for each numeric option. The compiler reports an option without a rule. */
export type NumberRules<T> = { readonly [Name in NumericNames<T>]: NumberRule }

/** A number of things or bytes that must not be exceeded. Infinity means no limit. */
export const limitOf = (unit: string, min: 0 | 1 = 1): NumberRule => ({ unit, min, whole: true, unlimited: true })

/** A time limit. 0 is refused because it reads as "no limit", which is Infinity. */
export const TIMEOUT: NumberRule = { unit: 'milliseconds', min: 1, whole: false, unlimited: true }

/** A time that may be 0, and may be Infinity. */
export const DURATION: NumberRule = { ...TIMEOUT, min: 0 }

/** The longest delay of a timer: AbortSignal.timeout() of a longer one aborts at once. */
const LONGEST_DELAY = 2 ** 31 - 1

/** A time limit for runtime timers that know no Infinity. */
export const FINITE_TIMEOUT: NumberRule = { ...TIMEOUT, max: LONGEST_DELAY, unlimited: false }

/** The longest body that Fastify accepts as a limit is a finite one. */
export const BODY_LIMIT: NumberRule = { unit: 'bytes', min: 1, whole: true, unlimited: false }

/** Throws a `GangwayError` that names the option, its unit and its range. Undefined passes, since it means the default. */
export function checkNumber(option: string, value: unknown, rule: NumberRule, code: GangwayErrorCode = 'GANGWAY_E_USAGE'): void {
  if (value === undefined || isWithin(value, rule)) return
  throw new GangwayError(code, `${option} must be ${inWords(rule)}, not ${shown(value)}`)
}

/** Checks the options that have rules, as `checkNumber` does. */
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
