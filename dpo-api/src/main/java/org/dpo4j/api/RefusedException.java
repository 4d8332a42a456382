package org.dpo4j.api;

/** What was given can't be taken, and there is something that helps. */
public final class RefusedException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  private final String problem;
  private final Remedy remedy;

  /**
   * A refusal.
   *
   * @param problem what is wrong, in words that name no method and no parameter
   * @param remedy what helps
   */
  public RefusedException(String problem, Remedy remedy) {
    super(problem + "; " + remedy.inJava());
    this.problem = problem;
    this.remedy = remedy;
  }

  /**
   * What is wrong.
   *
   * @return the message without what helps
   */
  public String problem() {
    return problem;
  }

  /**
   * What helps.
   *
   * @return the remedy
   */
  public Remedy remedy() {
    return remedy;
  }
}
