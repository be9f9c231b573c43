/** JSON that preserves brands. Only for text that this package both writes and reads. */
import { isObject } from '../util/is-object.ts'
import { brand, makerOf, type Helper } from '../definition/brand.ts'

/** `mark` is the name of the member that stores the brand. It must be random and new for each text, so that no data can contain a member of that name. */
export const stringifyBranded = (value: unknown, mark: string): string =>
  JSON.stringify(value, (_, member: unknown) => {
    const helper = makerOf(member)
    return helper === undefined ? member : { ...(member as object), [mark]: helper }
  })

/** `mark` must be the one that the text was written with. */
export const parseBranded = (text: string, mark: string): unknown =>
  JSON.parse(text, (_, member: unknown) => {
    if (!isObject(member) || !Object.hasOwn(member, mark)) return member
    const { [mark]: helper, ...value } = member
    return brand(helper as Helper, value)
  })
