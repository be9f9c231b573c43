/** JSON that keeps brands, for state that only we write and read. */
import { isObject } from '../jsonrpc/is-object.ts'
import { brand, makerOf, type Helper } from './brand.ts'

/** `mark` is the member that stands for the brand. It must be random and new for each text, so that no data can have a member of this name. */
export const stringifyBranded = (value: unknown, mark: string): string =>
  JSON.stringify(value, (_, member: unknown) => {
    const helper = makerOf(member)
    return helper === undefined ? member : { ...(member as object), [mark]: helper }
  })

/** `mark` is the one that the text was written with. */
export const parseBranded = (text: string, mark: string): unknown =>
  JSON.parse(text, (_, member: unknown) => {
    if (!isObject(member) || !Object.hasOwn(member, mark)) return member
    const { [mark]: helper, ...value } = member
    return brand(helper as Helper, value)
  })
