/** Answers that a test has ready, in the order of the questions. */
import type { Answers, ElicitResult } from '../client/answers.ts'
import type { Root, SamplingResult } from '../protocol/types/input.ts'

/** A list is used up from its beginning; a function is asked each time. What is left out, the client does not declare. */
export interface ScriptedAnswers {
  elicit?: readonly ElicitResult[] | NonNullable<Answers['elicit']>
  sample?: readonly SamplingResult[] | NonNullable<Answers['sample']>
  roots?: readonly Root[]
}

export const toAnswers = ({ elicit, sample, roots }: ScriptedAnswers): Answers => ({ elicit: elicit && inOrder('elicit', elicit), sample: sample && inOrder('sample', sample), roots })

function inOrder<Ask extends (...args: never[]) => unknown>(name: string, answers: readonly unknown[] | Ask): Ask {
  if (typeof answers === 'function') return answers
  const left = [...answers]
  return ((question: unknown) => {
    if (left.length === 0) throw new Error(`answers.${name} has no answer left for ${JSON.stringify(question)}`)
    return left.shift()
  }) as unknown as Ask
}
