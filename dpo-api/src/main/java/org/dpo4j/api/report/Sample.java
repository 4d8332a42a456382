package org.dpo4j.api.report;

/**
 * What a policy answered.
 *
 * @param when for instance {@code before}
 * @param prompt for a person
 * @param completion likewise
 */
public record Sample(String when, String prompt, String completion) {}
