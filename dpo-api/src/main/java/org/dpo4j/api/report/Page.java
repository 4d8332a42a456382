package org.dpo4j.api.report;

import static org.dpo4j.api.report.Markup.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What all pages have. */
final class Page {

  /** The last of a page. */
  static final String END = "</body></html>\n";

  private static final String STYLE = "report.css";

  private Page() {}

  /** All of a page up to its heading. */
  static String beginning(String title) {
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        + "<link rel=\"icon\" href=\"data:,\">\n<title>"
        + text(title)
        + "</title>\n<style>\n"
        + style()
        + "</style></head><body>\n<h1>"
        + text(title)
        + "</h1>\n";
  }

  private static String style() {
    try (InputStream in = Page.class.getResourceAsStream(STYLE)) {
      return new String(Objects.requireNonNull(in, STYLE).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + STYLE, e);
    }
  }
}
