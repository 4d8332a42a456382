package org.dpo4j.examples.cli;

import org.dpo4j.api.Version;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Versions implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {
      "dpo4j " + Version.current(), "Java " + System.getProperty("java.version")
    };
  }
}
