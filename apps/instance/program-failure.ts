/** What stands in the way, in words that the operator is shown. Never made of a secret's value. */
export class InstanceFailure extends Error {
  override readonly name = 'InstanceFailure';
}
