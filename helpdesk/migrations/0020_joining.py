import django.db.models.deletion
import helpdesk.moment
from django.conf import settings
from django.db import migrations, models


def keep_waiting_letters(apps, schema_editor):
    """Let the letters that had not left go out by the new way."""
    letters, sign_ups = apps.get_model('helpdesk', 'JoiningLetter'), apps.get_model('helpdesk', 'SignUp')
    letters.objects.bulk_create(
        letters(kind='confirm', email=row.email, sign_up=row, created_at=row.created_at)
        for row in sign_ups.objects.filter(letter_at__isnull=False)
    )


class Migration(migrations.Migration):

    dependencies = [
        ('helpdesk', '0019_second_factors'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('role', models.CharField(blank=True, choices=[('requester', 'Requester'), ('agent', 'Support agent'), ('lead', 'Line lead'), ('catalog', 'Catalog administrator'), ('analyst', 'Analyst'), ('administrator', 'Administrator')], max_length=20, verbose_name='role')),
                ('line_role', models.CharField(choices=[('member', 'Member'), ('lead', 'Lead')], default='member', max_length=10, verbose_name='part on the line')),
                ('language', models.CharField(blank=True, max_length=2, verbose_name='language')),
                ('created_at', models.DateTimeField(default=helpdesk.moment.now, verbose_name='moment')),
                ('expires_at', models.DateTimeField(verbose_name='valid until')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='checksum')),
                ('withdrawn_at', models.DateTimeField(null=True, verbose_name='withdrawn at')),
                ('accepted_at', models.DateTimeField(null=True, verbose_name='accepted at')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='JoiningLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('confirm', 'E-mail to confirm'), ('invited', 'Invitation to sign up'), ('refused', 'Sign-up not approved')], max_length=8, verbose_name='event')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('state', models.CharField(choices=[('pending', 'To be sent'), ('sent', 'Sent'), ('given_up', 'Given up')], default='pending', max_length=8, verbose_name='state')),
                ('created_at', models.DateTimeField(default=helpdesk.moment.now, verbose_name='written at')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_at', models.DateTimeField(default=helpdesk.moment.now, verbose_name='next attempt at')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent at')),
                ('error', models.TextField(blank=True, verbose_name='last error')),
            ],
            options={
                'verbose_name': 'letter to somebody without an account',
                'verbose_name_plural': 'letters to people without an account',
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='signup',
            name='reason',
            field=models.TextField(blank=True, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='signup',
            name='state',
            field=models.CharField(choices=[('asked', 'E-mail not confirmed'), ('waiting', 'Waits for approval'), ('refused', 'Not approved')], default='asked', max_length=8, verbose_name='state'),
        ),
        migrations.AddField(
            model_name='signup',
            name='state_at',
            field=models.DateTimeField(default=helpdesk.moment.now, verbose_name='in this state since'),
        ),
        migrations.AlterField(
            model_name='letter',
            name='kind',
            field=models.CharField(choices=[('registered', 'New request on a line'), ('assigned', 'Request assigned'), ('transferred', 'Request handed over to a line'), ('message', 'Message addressed to a person'), ('question', 'Question to the requester'), ('submitted', 'Result to judge'), ('returned', 'Returned for rework'), ('closed', 'Request closed'), ('reopened', 'Request reopened'), ('due_soon', 'Deadline comes near'), ('overdue', 'Deadline missed'), ('requester_reminder', 'Support waits for the requester'), ('digest', 'Daily digest of a line'), ('password', 'New password asked for'), ('invitation', 'Account made for a person'), ('factor_set_up', 'Second factor set up'), ('factor_removed', 'Second factor removed'), ('factor_reset', 'Second factor taken away'), ('recovery_used', 'Recovery code used'), ('approved', 'Account approved'), ('approval', 'Sign-up to approve')], max_length=20, verbose_name='event'),
        ),
        migrations.AddIndex(
            model_name='signup',
            index=models.Index(fields=['state', 'state_at'], name='sign_up_state'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='invited_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='invited by'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='line',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='helpdesk.supportline', verbose_name='support line'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='joiningletter',
            name='invitation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='helpdesk.invitation'),
        ),
        migrations.AddField(
            model_name='joiningletter',
            name='sign_up',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='letters', to='helpdesk.signup'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['digest'], name='invitation_digest'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['email'], name='invitation_email'),
        ),
        migrations.AddIndex(
            model_name='joiningletter',
            index=models.Index(condition=models.Q(('state', 'pending')), fields=['next_at'], name='joining_letter_due'),
        ),
        migrations.AddIndex(
            model_name='joiningletter',
            index=models.Index(fields=['created_at'], name='joining_letter_age'),
        ),
        migrations.RunPython(keep_waiting_letters, migrations.RunPython.noop),
        migrations.RemoveIndex(
            model_name='signup',
            name='sign_up_letter',
        ),
        migrations.RemoveField(
            model_name='signup',
            name='letter_at',
        ),
    ]
