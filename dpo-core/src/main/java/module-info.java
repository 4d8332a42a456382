/**
 * The mathematics of preference optimization: losses with their gradients, the theory behind them,
 * and the ports a backend implements. No tensor library, no files, no threads.
 */
module org.dpo4j.core {
  requires transitive com.google.common;
  requires static transitive com.google.errorprone.annotations;
  requires static transitive org.jspecify;

  exports org.dpo4j.core.backend;
  exports org.dpo4j.core.batch;
  exports org.dpo4j.core.loss;
  exports org.dpo4j.core.math;
  exports org.dpo4j.core.statistics;
  exports org.dpo4j.core.tabular;
  exports org.dpo4j.core.theory;
}
