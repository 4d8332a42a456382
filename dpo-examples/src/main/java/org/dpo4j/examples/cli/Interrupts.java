package org.dpo4j.examples.cli;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * What Ctrl-C and a SIGTERM do: the first says at once what is still being finished, and how to go
 * on; the second ends the process. Java's own handling says nothing and takes no second one.
 */
final class Interrupts {

  /** By convention, of a process that Ctrl-C ended. */
  static final int INTERRUPTED = 130;

  static final int TERMINATED = 143;

  /** What the process would finish if it were interrupted now. */
  private static volatile Supplier<String> finishing = Interrupts::nothing;

  private final PrintWriter err;
  private final AtomicBoolean again = new AtomicBoolean();

  private Interrupts(PrintWriter err) {
    this.err = err;
  }

  /** From now on in this process. */
  static void handle(PrintWriter err) {
    Interrupts interrupts = new Interrupts(err);
    interrupts.on("INT", INTERRUPTED);
    interrupts.on("TERM", TERMINATED);
  }

  private static String nothing() {
    return "ends";
  }

  /** Does work that is brought to an end in order, which is said in the given words. */
  static <T> T finishing(Supplier<String> what, Supplier<T> work) {
    finishing = what;
    try {
      return work.get();
    } finally {
      finishing = Interrupts::nothing;
    }
  }

  /** By reflection: the class is in a module of its own, which a runtime may lack. */
  private void on(String name, int exitCode) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object own =
          Proxy.newProxyInstance(
              Interrupts.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  interrupted(exitCode);
                }
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), own);
    } catch (ReflectiveOperationException e) {
      if (e instanceof InvocationTargetException taken
          && taken.getCause() instanceof IllegalArgumentException) {
        return; // -Xrs leaves signals to whoever started this
      }
      throw new IllegalStateException("cannot handle SIG" + name, e);
    }
  }

  private void interrupted(int exitCode) {
    if (again.getAndSet(true)) {
      Runtime.getRuntime().halt(exitCode);
    }
    err.println("dpo: interrupted: " + finishing.get());
    err.flush();
    System.exit(exitCode);
  }
}
