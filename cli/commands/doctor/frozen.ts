/** Refusals by settings that are copied into a model when it is deployed (ml-commons #2142). */
export const FROZEN = /has private ip address|not matching the trusted connector (?:private )?endpoint regex/;
