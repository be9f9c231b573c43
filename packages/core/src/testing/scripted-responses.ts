/** The responses that a test client sends to the server's input requests. */
import type { InputHandlers, ElicitResult } from '../client/input-handlers.ts'
import type { Root, SamplingResult } from '../protocol/types/input-types.ts'

/**
 * An array is consumed in order, one response for each request; a request after the last one gets an error. A function is called for each request.
 * The client does not declare the capabilities of omitted members. `roots` is the complete list and is not consumed.
 */
export interface ScriptedResponses {
  elicit?: readonly ElicitResult[] | NonNullable<InputHandlers['elicit']>
  sample?: readonly SamplingResult[] | NonNullable<InputHandlers['sample']>
  roots?: readonly Root[]
}

export const toInputHandlers = ({ elicit, sample, roots }: ScriptedResponses): InputHandlers => ({ elicit: elicit && inOrder('elicit', elicit), sample: sample && inOrder('sample', sample), roots })

function inOrder<Ask extends (...args: never[]) => unknown>(name: string, answers: readonly unknown[] | Ask): Ask {
  if (typeof answers === 'function') return answers
  const left = [...answers]
  return ((question: unknown) => {
    if (left.length === 0) throw new Error(`answers.${name} has no answer left for ${JSON.stringify(question)}`)
    return left.shift()
  }) as unknown as Ask
}
