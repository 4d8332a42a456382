package org.dpo4j.api.files;

import java.io.IOException;

/** JSON that is there and is not what it must be; the message says where and what. */
public final class OddJsonException extends IOException {

  private static final long serialVersionUID = 1;

  OddJsonException(String message) {
    super(message);
  }

  OddJsonException(String message, Throwable cause) {
    super(message, cause);
  }
}
