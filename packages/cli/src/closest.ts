/** Finds the name that was probably meant, as the packages do. */
export { closest } from '@gangway/core'
