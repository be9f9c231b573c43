/** Implements `server/discover`, with which a modern client learns the server's revisions, capabilities and instructions. */
import { MODERN_REVISIONS } from '../protocol/revisions.ts'
import type { Method } from './method.ts'

export const discover: Method = ({ definition, instructions }) => ({
  supportedVersions: MODERN_REVISIONS,
  capabilities: definition.capabilities,
  ...(instructions !== undefined && { instructions }),
})
