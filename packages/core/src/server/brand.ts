/** The brand that tells values made by our helpers from data that has the same shape. */

/**
 * An own enumerable property, so that `{ ...text('x') }` keeps it. JSON can neither carry nor forge a symbol.
 * Registered globally, so that two copies of this package in one process agree.
 */
export const madeBy: unique symbol = Symbol.for('gangway.made-by')

/** What made it. Compilers quote this type where a handler returns an object that was written by hand. */
export interface MadeBy<H extends Helper> {
  readonly [madeBy]: H
}

export type BlockHelper = 'text()' | 'image()' | 'audio()' | 'link()' | 'embed()'
export type Helper = BlockHelper | 'toolResult()' | 'message()' | 'promptResult()' | 'contents()' | 'resourceResult()' | 'inputRequired()' | PassedOn
/** What proxies make, and no author. */
type PassedOn = 'completion'

/** Undefined for data. */
export const makerOf = (value: unknown): Helper | undefined => (typeof value === 'object' && value !== null ? (value as Partial<MadeBy<Helper>>)[madeBy] : undefined)

/** A copy of the value with the brand. */
export const brand = <T extends object, H extends Helper>(helper: H, value: T): T & MadeBy<H> => ({ ...value, [madeBy]: helper })
