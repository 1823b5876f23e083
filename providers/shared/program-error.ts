/**
 * A mistake in a program. Pulumi tells it without a stack, as it does its own `RunError`, which it knows by this mark:
 * rules do not load Pulumi.
 */
export class ProgramError extends Error {
  readonly __pulumiRunError = true;
}
