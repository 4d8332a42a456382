/** An application of modules, as docs/embedding.md says it is put together. */
module modular {
  requires org.dpo4j.api;
  requires org.dpo4j.torch;

  uses org.dpo4j.api.data.spi.RecordSource;
}
