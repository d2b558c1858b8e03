import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;

/**
 * Apache Velocity itself, the language's first engine. Reads a question a line: template, body and the authorizer's
 * values as name=value, in base64, apart by spaces; "-" is a body that cannot be read. Writes the text and the status.
 */
public class Ask {
    /** What a template knows as $input. */
    public static class Input {
        private final String body;

        Input(String body) {
            this.body = body;
        }

        public String getBody() {
            return body;
        }
    }

    private static String decoded(String text) {
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }

    public static void main(String[] arguments) throws Exception {
        VelocityEngine engine = new VelocityEngine();
        engine.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
        engine.init();
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            String[] parts = line.split(" ");
            Map<String, Object> authorizer = new HashMap<>();
            for (int i = 2; i < parts.length; i++) {
                String[] pair = decoded(parts[i]).split("=", 2);
                authorizer.put(pair[0], pair[1]);
            }
            Map<String, Object> override = new HashMap<>();
            Map<String, Object> context = new HashMap<>();
            context.put("requestId", "r");
            context.put("authorizer", authorizer);
            context.put("responseOverride", override);
            VelocityContext seen = new VelocityContext();
            seen.put("context", context);
            seen.put("input", new Input(parts[1].equals("-") ? null : decoded(parts[1])));
            StringWriter text = new StringWriter();
            engine.evaluate(seen, text, "template", decoded(parts[0]));
            String made = Base64.getEncoder().encodeToString(text.toString().getBytes(StandardCharsets.UTF_8));
            System.out.println(made + " " + override.getOrDefault("status", "-"));
        }
    }
}
