/**
 * What an application types: preference data, losses by name, the trainer and its report. Runs over
 * any backend that implements the ports of {@code org.dpo4j.core}.
 */
// Micrometer, an automatic module, is optional. Not transitive: then nobody could compile without
// it.
@SuppressWarnings("requires-automatic")
module org.dpo4j.api {
  requires transitive org.dpo4j.core;
  requires static transitive com.google.errorprone.annotations;
  requires static transitive org.jspecify;
  requires static micrometer.core;
  requires com.google.gson;
  requires de.siegmar.fastcsv;
  requires java.net.http;
  requires org.slf4j;

  exports org.dpo4j.api;
  exports org.dpo4j.api.compare;
  exports org.dpo4j.api.data;
  exports org.dpo4j.api.data.spi;
  exports org.dpo4j.api.micrometer;
  exports org.dpo4j.api.monitor;
  exports org.dpo4j.api.probe;
  exports org.dpo4j.api.report;
  exports org.dpo4j.api.reward;
  exports org.dpo4j.api.tensorboard;

  uses org.dpo4j.api.data.spi.RecordSource;
}
