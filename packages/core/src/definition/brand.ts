/** The brand that distinguishes values made by Gangway's helpers from plain data of the same shape. */

/**
 * The brand is an enumerable own property, so that `{ ...text('x') }` keeps it. Its key is a symbol, which JSON can neither carry nor forge.
 * The symbol is registered globally, so that two copies of this package in one process recognize each other's values.
 */
export const madeBy: unique symbol = Symbol.for('gangway.made-by')

/** A branded value. TypeScript quotes this type in the error for a handler that returns an object written by hand. */
export interface MadeBy<H extends Helper> {
  readonly [madeBy]: H
}

export type BlockHelper = 'text()' | 'image()' | 'audio()' | 'link()' | 'embed()'
export type Helper = BlockHelper | 'toolResult()' | 'message()' | 'promptResult()' | 'contents()' | 'resourceResult()' | 'inputRequired()' | PassedOn
/** Brands that only proxies set. No public helper makes these values. */
type PassedOn = 'completion'

/** The helper that made the value; undefined for plain data. */
export const makerOf = (value: unknown): Helper | undefined => (typeof value === 'object' && value !== null ? (value as Partial<MadeBy<Helper>>)[madeBy] : undefined)

/** Returns a branded copy of the value. */
export const brand = <T extends object, H extends Helper>(helper: H, value: T): T & MadeBy<H> => ({ ...value, [madeBy]: helper })
