/**
 * A mistake in a program. Pulumi prints it without a stack trace: it recognizes its own `RunError` by this property, so
 * the SDK need not be loaded here.
 */
export class ProgramError extends Error {
  readonly __pulumiRunError = true;
}
