package org.dpo4j.examples.cli;

import org.dpo4j.api.DpoTrainer;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = DpoTrainer.class.getPackage().getImplementationVersion();
    return new String[] {
      "dpo4j " + (version == null ? "(built from its sources)" : version),
      "Java " + System.getProperty("java.version")
    };
  }
}
