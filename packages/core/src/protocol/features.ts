/** Lists which feature came with which revision. Members of shapes are in `projection.ts`. Specification: the changelog of each revision. */
import type { Revision } from './revisions.ts'

type Feature = 'elicitation' | 'subCapabilities' | 'richForms' | 'richSampling' | 'argumentErrorsAsResults' | 'structuredContent'

const SINCE: Readonly<Record<Feature, Revision>> = {
  /** The method `elicitation/create`. */
  elicitation: '2025-06-18',
  /** The capabilities `elicitation.form`, `elicitation.url`, `sampling.tools` and `sampling.context`. */
  subCapabilities: '2025-11-25',
  /** Choices with titles, multiple choices, and default values in forms. */
  richForms: '2025-11-25',
  /** Tools and lists of content blocks in sampling. */
  richSampling: '2025-11-25',
  /** Invalid tool arguments produce a tool result that the model reads. Earlier revisions use a protocol error. */
  argumentErrorsAsResults: '2025-11-25',
  structuredContent: '2025-06-18',
}

/** Whether the revision has the feature. Revisions are ISO dates, so comparing strings compares dates. */
export const has = (revision: Revision, feature: Feature): boolean => revision >= SINCE[feature]
