import { config } from '../../tsdown.base.ts'

export default config('node')
