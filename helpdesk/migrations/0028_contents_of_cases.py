from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('helpdesk', '0027_indexes_of_open_requests'),
    ]

    operations = [
        migrations.AddField(
            model_name='caseimport',
            name='contents',
            field=models.JSONField(default=dict, verbose_name='contents'),
        ),
    ]
