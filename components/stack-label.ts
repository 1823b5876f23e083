/** Label that says which stack a container, network or volume belongs to: `project/stack`. */
export const STACK_LABEL = "pulumi-ollama-chat.stack";
