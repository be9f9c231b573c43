/** What came with which revision, other than members of shapes (those are in `projection.ts`). Specification: the changelog of each revision. */
import type { Revision } from './revisions.ts'

type Feature = 'elicitation' | 'subCapabilities' | 'richForms' | 'richSampling' | 'argumentErrorsAsResults' | 'structuredContent'

const SINCE: Readonly<Record<Feature, Revision>> = {
  /** `elicitation/create`. */
  elicitation: '2025-06-18',
  /** `elicitation.form` and `.url`, `sampling.tools` and `.context`. */
  subCapabilities: '2025-11-25',
  /** Titled and multiple choices, and defaults, in forms. */
  richForms: '2025-11-25',
  /** Tools and lists of content in sampling. */
  richSampling: '2025-11-25',
  /** Wrong arguments of a tool are a result that the model reads; before, a protocol error. */
  argumentErrorsAsResults: '2025-11-25',
  structuredContent: '2025-06-18',
}

/** Revisions are dates, so their order is that of their texts. */
export const has = (revision: Revision, feature: Feature): boolean => revision >= SINCE[feature]
