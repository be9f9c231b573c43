/** `server/discover`: what a client of the modern era may learn before it asks for anything. */
import { MODERN_REVISIONS } from '../protocol/revisions.ts'
import type { Method } from './method.ts'

export const discover: Method = ({ definition, instructions }) => ({
  supportedVersions: MODERN_REVISIONS,
  capabilities: definition.capabilities,
  ...(instructions !== undefined && { instructions }),
})
